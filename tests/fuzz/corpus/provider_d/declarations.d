translator i_t < c_t *c > { n = "provider {"; };
inline int X = 1;
provider p { };